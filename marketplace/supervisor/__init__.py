"""What `./run` does once the packages are there: start everything, watch it, stop it."""
