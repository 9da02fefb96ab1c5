"""What must hold between code, READMEs, API document, layers and notebook."""
