"""What ``msa doctor`` looks at: a small function each, run together, none of which can hold up the others."""
