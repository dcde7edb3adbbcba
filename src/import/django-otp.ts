import { createDraft, type Draft } from './draft.ts'
import type { ImportResult } from './outcome.ts'
import { booleanOf, integerOf, isEmpty, type Row, readRows } from './row.ts'

/**
 * A user of django-otp: their rows of `otp_totp_totpdevice` (`key` in hexadecimal, `step`, `t0`, `digits`, `name`,
 * `confirmed`) and of `otp_static_statictoken` (`token`), in one list. `SELECT … FROM otp_static_statictoken JOIN
 * otp_static_staticdevice` finds the tokens of a user. Tokens that django-otp created have eight characters, too few to
 * resist guessing: they are reported as `too-short`.
 *
 * Facts: https://django-otp-official.readthedocs.io/en/stable/overview.html, models of otp_totp and otp_static
 *
 * @param rows one row, or a list of the rows of one user
 * @throws never
 * @example
 * const result = fromDjangoOtp([...totpDevices, ...staticTokens])
 */
export function fromDjangoOtp(rows: unknown): ImportResult {
  const draft = createDraft()
  for (const row of readRows(rows, draft.note)) addRow(draft, row)
  return draft.result()
}

function addRow(draft: Draft, row: Row): void {
  if (booleanOf(row.get('confirmed')) === false) {
    draft.note('confirmed', 'not-confirmed', 'This device was never confirmed.')
  } else if (row.has('token')) {
    draft.addRecoveryCode('token', row.get('token'))
  } else if (row.has('counter') && !row.has('step')) {
    draft.note('counter', 'unsupported', 'Counter-based codes (HOTPDevice) are not imported.')
  } else if (!isEmpty(row.get('t0')) && integerOf(row.get('t0')) !== 0) {
    draft.note('t0', 'unsupported', 'Steps that do not begin at the Unix epoch are not imported.')
  } else {
    draft.addAuthenticator({
      field: 'key',
      secret: row.get('key'),
      encoding: 'hex',
      name: row.get('name'),
      digits: row.get('digits'),
      periodSeconds: row.get('step'),
      createdAt: row.get('created_at'),
    })
  }
}
