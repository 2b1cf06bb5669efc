/** Every bound of the data plane, with its unit in its name. `README.md` of this folder lists them for operators. */

/** Levels of objects and arrays in any JSON text. */
export const JSON_DEPTH_MAX = 64;
/** Gateways kept expanded at once; the least recently used is dropped. */
export const GATEWAYS_EXPANDED_MAX = 512;
/** Views (one per gateway and set of subjects) kept per gateway. */
export const VIEWS_PER_GATEWAY_MAX = 1_024;
