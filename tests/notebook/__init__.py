"""Pages under the cells of real kernels."""
