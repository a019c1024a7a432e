"""The checks, a file a chapter of conformance/requirements.tsv."""
