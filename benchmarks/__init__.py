"""Measurements that anyone can run; the READMEs quote them."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # see `sentiment.model.backends.onnx`
