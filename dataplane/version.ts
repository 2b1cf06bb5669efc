/** The version of this package: what the gateway calls itself towards clients and servers. A test holds it against `package.json`. */
export const VERSION = '0.1.0';
