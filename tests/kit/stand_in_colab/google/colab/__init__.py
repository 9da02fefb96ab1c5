"""A stand-in for the part of ``google.colab`` that is used, put on the path of a real kernel."""
