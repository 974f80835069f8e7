/**
 * Rows whose products are summed in float32 before they are added up: rounding then leaves a relative error
 * of at most 512 half units in the last place, 3e-5, and of 1e-6 as a rule.
 */
export const rowsPerProduct = 512;
