/** The bounds of CEL's integers: 64 bits (cel-spec, "Numeric Values"). */
export const INT_MIN = -(2n ** 63n);
export const INT_MAX = 2n ** 63n - 1n;
export const UINT_MAX = 2n ** 64n - 1n;
