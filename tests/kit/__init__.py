"""What the tests share: small real models, a browser, stand-ins."""
