/** The time from which this user must have two-factor authentication, if a result has one. */
export function requiredFrom({ requiredFromMs }: { requiredFromMs?: number }): { requiredFromMs?: number } {
  return requiredFromMs === undefined ? {} : { requiredFromMs }
}
