"""What an operator watches: logs of one line of JSON each, the health of the site, and figures for Prometheus."""
