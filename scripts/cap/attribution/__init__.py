"""Attribution: what the models give each channel, against truth, and how fast they are built."""
