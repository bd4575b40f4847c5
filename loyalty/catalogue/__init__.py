"""What is promised to readers: the catalogue of indicators, the marts' contracts and docs."""
