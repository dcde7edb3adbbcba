import { addRecoveryCodes } from './code-list.ts'
import { createDraft, type Draft } from './draft.ts'
import type { ImportResult } from './outcome.ts'
import { isEmpty, type Row, readRows } from './row.ts'

/**
 * A user of ASP.NET Core Identity: their rows of `AspNetUserTokens` (`LoginProvider` `[AspNetUserStore]`, `Name`
 * `AuthenticatorKey` or `RecoveryCodes`, `Value`), in one list. Import only users whose `TwoFactorEnabled` in
 * `AspNetUsers` is true: if the rows include that column and it is false, it is reported. Values that an
 * `IPersonalDataProtector` protects cannot be read.
 *
 * Facts: `UserStoreBase` of ASP.NET Core 9 (`AuthenticatorKeyTokenName`, `RecoveryCodeTokenName`),
 * https://learn.microsoft.com/aspnet/core/security/authentication/identity
 *
 * @param rows one row, or a list of the rows of one user
 * @throws never
 * @example
 * const result = fromAspNetIdentity(tokens.filter((token) => token.UserId === userId))
 */
export function fromAspNetIdentity(rows: unknown): ImportResult {
  const draft = createDraft()
  const list = readRows(rows, draft.note)
  const isOff = list.some((row) => [false, 0, '0'].some((off) => row.get('TwoFactorEnabled') === off))
  if (isOff) draft.note('TwoFactorEnabled', 'not-confirmed', 'Two-factor authentication is off for this user.')
  else for (const row of list) addRow(draft, row)
  return draft.result()
}

function addRow(draft: Draft, row: Row): void {
  const provider = row.get('LoginProvider')
  // Other providers' tokens are in the same table, with unrelated values.
  if (!isEmpty(provider) && provider !== '[AspNetUserStore]') return
  switch (row.get('Name')) {
    case 'AuthenticatorKey':
      draft.addAuthenticator({ field: 'AuthenticatorKey', secret: row.get('Value'), encoding: 'base32' })
      break
    case 'RecoveryCodes':
      addRecoveryCodes(draft, 'RecoveryCodes', row.get('Value'))
      break
  }
}
