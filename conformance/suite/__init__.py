"""What the OCI runtime specification requires, put to any runtime: one check for each requirement."""
