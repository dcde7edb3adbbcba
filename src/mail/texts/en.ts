import type { MailWords } from '../words.ts'

export const en: MailWords = {
  direction: 'ltr',
  events: {
    'two-factor.enabled': {
      subject: 'Two-factor authentication is on',
      happened: 'Two-factor authentication was turned on for your account.',
    },
    'two-factor.disabled': {
      subject: 'Two-factor authentication is off',
      happened: 'Two-factor authentication was turned off. Your account is protected by your password alone.',
    },
    'two-factor.reset': {
      subject: 'Support reset your two-factor authentication',
      happened:
        'Our support team reset the two-factor authentication of your account. It is off until you set it up again.',
    },
    'two-factor.unlocked': {
      subject: 'Support unlocked your account',
      happened: 'Our support team unlocked your account after too many wrong codes.',
    },
    'two-factor.exported': {
      subject: 'Your two-factor authentication was exported',
      happened: 'Our support team exported the two-factor authentication of your account.',
    },
    'authenticator.added': {
      subject: 'An authenticator was added',
      happened: 'An authenticator was added to your account. If it replaced another one, the old one no longer works.',
    },
    'authenticator.removed': {
      subject: 'An authenticator was removed',
      happened: 'An authenticator was removed from your account. You can no longer sign in with it.',
    },
    'recovery-codes.viewed': {
      subject: 'Your recovery codes were viewed',
      happened: 'Somebody who is signed in to your account viewed its recovery codes.',
    },
    'recovery-codes.regenerated': {
      subject: 'You have new recovery codes',
      happened: 'New recovery codes were generated for your account. The old ones no longer work.',
    },
    'recovery-code.issued': {
      subject: 'Support issued a recovery code for you',
      happened: 'Our support team issued a recovery code for your account.',
    },
    'recovery-code.used': {
      subject: 'A recovery code was used',
      happened: 'A recovery code of your account was used.',
    },
    'code.used-again': {
      subject: 'A used code was entered again',
      happened:
        'A code that had been used before was entered again for your account. It was refused, but somebody may have seen it.',
    },
    'passkey.wrong': {
      subject: 'A passkey may have been copied',
      happened:
        'A passkey of your account was refused, because a copy of it seems to be in use. Remove it in your security settings and add a new one.',
    },
    'attempts.locked': {
      subject: 'Too many wrong codes',
      happened: 'Too many wrong codes were entered for your account, so no more are accepted for now.',
    },
    'device.trusted': {
      subject: 'A device no longer needs a code',
      happened: 'A device was trusted: signing in to your account on it needs no code for some time.',
    },
    'access-token.issued': {
      subject: 'An access token was created',
      happened: 'An access token was created for your account. Programs can use it to act for you.',
    },
    'access-token.revoked': {
      subject: 'An access token was revoked',
      happened: 'One or more access tokens of your account were revoked.',
    },
  },
  account: 'Account: {account}',
  when: 'Time: {time}',
  codesLeft: 'Recovery codes left: {count}',
  itWasYou: 'If this was you, there is nothing to do.',
  ifUnexpected: 'If you did not ask for this, contact support at once.',
  itWasNotYou: 'If it was not you, change your password now and check your security settings.',
  settings: 'Your security settings:',
}
