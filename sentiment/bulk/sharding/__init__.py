"""Files judged in parts, here one after the other or by many workers."""
