/**
 * The number of rows whose products are summed in float32 before these sums are added. Rounding leaves a
 * relative error of at most 512 half units in the last place, 3e-5, and typically of 1e-6.
 */
export const rowsPerProduct = 512;
