"""Measurements anyone can rerun. Each script prints ratios from one sitting; absolute figures belong to the machine."""
