"""What users declare: frozen and typed; no input, no output, no rendering."""
