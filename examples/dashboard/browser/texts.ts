import { MIN_PASSWORD_LENGTH, type Reason } from '../answers.ts'

/** What each reason means to the person who meets it. The only place that knows. */
const reasons: Record<Reason, string> = {
  'wrong-login': 'No account has this login and password.',
  'wrong-password': 'That is not your password.',
  'weak-password': `Use at least ${MIN_PASSWORD_LENGTH} characters.`,
  'wrong-code': 'That code is not right. Type the one that the app shows now.',
  'code-used': 'This code was used already: each works once. Use the next one.',
  throttled: 'Too many wrong attempts. Wait a little, then try again.',
  locked: 'Too many wrong attempts. No more are accepted for now.',
  'too-many-attempts': 'Too many attempts from here. Wait a little, then try again.',
  'challenge-expired': 'That took too long. Sign in again.',
  'challenge-used': 'You already signed in with this. Sign in again.',
  'not-enabled': 'Two-factor authentication is off for this account.',
  'setup-expired': 'This set-up is over. Begin again to get a new key.',
  'limit-reached': 'You have as many authenticators as an account can have. Remove one first.',
  'not-found': 'This is not there any more. Reload the page to see what is.',
  'last-authenticator': 'This is your only authenticator. Replace it, or disable two-factor authentication.',
  'not-viewable': 'These recovery codes cannot be shown again. Generate new ones.',
  'confirmation-required': 'Confirm with your password.',
  'two-factor-required': 'Your organization requires two-factor authentication. It cannot be disabled.',
  'signed-out': 'You are signed out. Sign in again.',
  forbidden: 'Only administrators may do this.',
  'cross-site': 'This page is open at another address than the server expects. Open it at its own address.',
  'bad-request': 'This cannot be saved as it is. Check what you typed.',
  'server-error': 'Something went wrong on our side. Try again.',
  offline: 'The server cannot be reached. Check your connection.',
}

export const texts = {
  reasons,

  form: {
    cancel: 'Cancel',
    close: 'Close',
    /** Where no time is known. */
    back: 'Back',
    waitFor: (time: string) => `Try again in ${time}`,
    waitUntil: (date: string) => `Closed until ${date}`,
    waitIsOver: 'You can try again now.',
    required: 'Fill this in.',
  },

  password: {
    label: 'Password',
    show: 'Show password',
    hide: 'Hide password',
    confirm: 'Confirm that it is you.',
  },

  code: {
    label: 'Code from the app',
    combined: 'Code',
    hint: 'Six digits, from your authenticator app',
    recoveryHint: 'One of the recovery codes that you saved',
    useRecoveryCode: 'Use a recovery code',
    useApp: 'Use the code from the app',
  },

  copy: { copy: 'Copy', copied: 'Copied' },

  scan: {
    title: 'Scan this code',
    scan: 'Scan this picture with the authenticator app on your phone.',
    pictureOf: (issuer: string, account: string) => `QR code that adds ${account} at ${issuer} to an authenticator app`,
    open: 'Open in an app on this device',
    type: 'Or type this into the app',
    issuer: 'Service',
    account: 'Account',
    secret: 'Key',
    kind: 'Kind',
    kindOf: (digits: number, seconds: number) => `Time-based, ${digits} digits, ${seconds} seconds`,
    prove: 'Then type the code that the app shows',
    next: 'Next',
  },

  setUp: {
    title: 'Set Up Two-Factor Authentication',
    why: 'You will need an authenticator app, such as the one built into your phone’s password manager.',
    next: 'Continue',
    done: 'Two-factor authentication is on.',
  },
  addAuthenticator: {
    title: 'Add an Authenticator',
    why: 'Another phone, a tablet, a password manager: the ones you have keep working.',
    name: 'Name',
    nameHint: 'So that you know it in the list',
    done: 'The authenticator was added.',
  },
  replaceAuthenticator: {
    title: 'Set Up a New Phone',
    why: 'The old one keeps working until the new one has given its first code; then it is removed.',
    which: 'It takes the place of',
    all: 'All of them',
    done: 'The new authenticator took the place of the old one.',
  },
  renameAuthenticator: { title: 'Rename Authenticator', name: 'Name', save: 'Save', done: 'Renamed.' },
  removeAuthenticator: {
    title: 'Remove Authenticator',
    why: (name: string) =>
      `Codes from “${name}” will no longer be accepted. Devices that were trusted are asked again.`,
    remove: 'Remove',
    done: 'The authenticator was removed.',
  },
  disable: {
    title: 'Disable Two-Factor Authentication',
    why: 'Your password alone will open this account. Your authenticators, recovery codes and trusted devices are removed.',
    disable: 'Disable',
    done: 'Two-factor authentication is off.',
  },

  recoveryCodes: {
    saveTitle: 'Save Your Recovery Codes',
    saveWhy: 'If you lose your phone, each of these signs you in once. Keep them where your phone is not.',
    viewTitle: 'Recovery Codes',
    viewWhy: 'Each signs you in once, in place of a code from the app.',
    view: 'View Codes',
    list: 'Recovery codes',
    used: (date: string) => `used ${date}`,
    download: 'Download',
    downloaded: 'Downloaded',
    saved: 'I’ve saved the data',
    done: 'Done',
    madeOn: (date: string) => `Made on ${date}`,
    regenerate: 'Generate New Recovery Codes',
    regenerateWhy: 'The codes you have now, used or not, stop working at once.',
    regenerateNow: 'Generate',
    file: {
      name: (issuer: string) => `${issuer.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-recovery-codes.txt`,
      title: (issuer: string) => `${issuer} recovery codes`,
      account: 'Account',
      date: 'Date',
      note: 'Each code signs you in once, in place of a code from your authenticator app.',
    },
  },

  changePassword: {
    title: 'Change Password',
    why: 'You stay signed in here. Everywhere else, sessions and trusted devices end.',
    current: 'Current password',
    fresh: 'New password',
    freshHint: `At least ${MIN_PASSWORD_LENGTH} characters`,
    save: 'Change Password',
    done: 'Your password was changed.',
  },

  resetUser: {
    title: 'Reset Two-Factor Authentication',
    why: (name: string) =>
      `${name} will be able to sign in with the password alone. Do this only when you are sure who is asking.`,
    reset: 'Reset',
    done: 'Two-factor authentication was reset.',
  },
  unlockUser: {
    title: 'Unlock Account',
    why: (name: string) => `The wrong codes for ${name} are forgotten, and attempts are accepted again.`,
    unlock: 'Unlock',
    done: 'The account was unlocked.',
  },
  staffNote: { label: 'Reason', hint: 'Is shown to the user and kept in the activity list' },
}

export type Texts = typeof texts
