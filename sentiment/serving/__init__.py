"""One thread owns the model: engine, queue, metrics, and the web server around them."""
