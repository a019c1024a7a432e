"""What all engines' checks share: the registry, the report, commands, the image, what may be left."""
