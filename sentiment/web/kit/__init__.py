"""What all pages and routes share: language, failures, fields, who asks."""
