"""The daily report as people get it: in words, as HTML, PDF and mail; and the notices about protection."""
