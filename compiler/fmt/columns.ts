/** Columns of a line, unless a single text needs more. */
export const COLUMNS_MAX = 120;
