"""What the shop costs: `make bench`. Ratios in one run, since machines are noisy."""
