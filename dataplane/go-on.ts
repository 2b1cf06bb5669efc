/**
 * HOT PATH. Goes on with a value: at once where it is there, and later where it is waited for. Each `await` costs a promise
 * and a turn of the queue even where nothing has to be waited for, and a proxied call has a dozen places that may wait.
 */
export function goOn<T, R>(value: T | Promise<T>, step: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(step) : step(value);
}
