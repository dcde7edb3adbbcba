/** For the operator: one line that says what to change. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
}
