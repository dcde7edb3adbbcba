/** What the check and the apps agree on: users, the secret of their authenticators, and the address of the pages. */
export const USERS = ['ann', 'bob', 'cleo', 'dan']
export const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
export const ORIGIN = 'https://app.example.com'
