import type { MailWords } from '../words.ts'

export const de: MailWords = {
  direction: 'ltr',
  events: {
    'two-factor.enabled': {
      subject: 'Zwei-Faktor-Authentifizierung ist eingeschaltet',
      happened: 'Die Zwei-Faktor-Authentifizierung wurde für Ihr Konto eingeschaltet.',
    },
    'two-factor.disabled': {
      subject: 'Zwei-Faktor-Authentifizierung ist ausgeschaltet',
      happened:
        'Die Zwei-Faktor-Authentifizierung wurde ausgeschaltet. Ihr Konto ist nur noch durch Ihr Passwort geschützt.',
    },
    'two-factor.reset': {
      subject: 'Der Support hat Ihre Zwei-Faktor-Authentifizierung zurückgesetzt',
      happened:
        'Unser Support hat die Zwei-Faktor-Authentifizierung Ihres Kontos zurückgesetzt. Sie ist aus, bis Sie sie neu einrichten.',
    },
    'two-factor.unlocked': {
      subject: 'Der Support hat Ihr Konto entsperrt',
      happened: 'Unser Support hat Ihr Konto nach zu vielen falschen Codes entsperrt.',
    },
    'two-factor.exported': {
      subject: 'Ihre Zwei-Faktor-Authentifizierung wurde exportiert',
      happened: 'Unser Support hat die Zwei-Faktor-Authentifizierung Ihres Kontos exportiert.',
    },
    'authenticator.added': {
      subject: 'Ein Authenticator wurde hinzugefügt',
      happened:
        'Ihrem Konto wurde ein Authenticator hinzugefügt. Falls er einen anderen ersetzt, funktioniert der alte nicht mehr.',
    },
    'authenticator.removed': {
      subject: 'Ein Authenticator wurde entfernt',
      happened: 'Ein Authenticator wurde von Ihrem Konto entfernt. Sie können sich damit nicht mehr anmelden.',
    },
    'recovery-codes.viewed': {
      subject: 'Ihre Wiederherstellungscodes wurden angesehen',
      happened: 'Jemand, der bei Ihrem Konto angemeldet ist, hat dessen Wiederherstellungscodes angesehen.',
    },
    'recovery-codes.regenerated': {
      subject: 'Sie haben neue Wiederherstellungscodes',
      happened: 'Für Ihr Konto wurden neue Wiederherstellungscodes erzeugt. Die alten funktionieren nicht mehr.',
    },
    'recovery-code.issued': {
      subject: 'Der Support hat einen Wiederherstellungscode für Sie erstellt',
      happened: 'Unser Support hat einen Wiederherstellungscode für Ihr Konto erstellt.',
    },
    'recovery-code.used': {
      subject: 'Ein Wiederherstellungscode wurde verwendet',
      happened: 'Ein Wiederherstellungscode Ihres Kontos wurde verwendet.',
    },
    'code.used-again': {
      subject: 'Ein verwendeter Code wurde erneut eingegeben',
      happened:
        'Für Ihr Konto wurde ein Code eingegeben, der schon verwendet worden war. Er wurde abgelehnt, aber jemand könnte ihn gesehen haben.',
    },
    'passkey.wrong': {
      subject: 'Ein Passkey wurde möglicherweise kopiert',
      happened:
        'Ein Passkey Ihres Kontos wurde abgelehnt, weil anscheinend eine Kopie davon verwendet wird. Entfernen Sie ihn in den Sicherheitseinstellungen und fügen Sie einen neuen hinzu.',
    },
    'attempts.locked': {
      subject: 'Zu viele falsche Codes',
      happened: 'Für Ihr Konto wurden zu viele falsche Codes eingegeben. Vorerst werden keine weiteren angenommen.',
    },
    'device.trusted': {
      subject: 'Ein Gerät braucht keinen Code mehr',
      happened: 'Einem Gerät wird vertraut: Die Anmeldung bei Ihrem Konto braucht dort für einige Zeit keinen Code.',
    },
    'access-token.issued': {
      subject: 'Ein Zugriffstoken wurde erstellt',
      happened: 'Für Ihr Konto wurde ein Zugriffstoken erstellt. Programme können damit für Sie handeln.',
    },
    'access-token.revoked': {
      subject: 'Ein Zugriffstoken wurde widerrufen',
      happened: 'Ein oder mehrere Zugriffstoken Ihres Kontos wurden widerrufen.',
    },
  },
  account: 'Konto: {account}',
  when: 'Zeit: {time}',
  codesLeft: 'Verbleibende Wiederherstellungscodes: {count}',
  itWasYou: 'Wenn Sie das waren, müssen Sie nichts tun.',
  ifUnexpected: 'Wenn Sie nicht darum gebeten haben, wenden Sie sich sofort an unseren Support.',
  itWasNotYou: 'Wenn Sie es nicht waren, ändern Sie sofort Ihr Passwort und prüfen Sie Ihre Sicherheitseinstellungen.',
  settings: 'Ihre Sicherheitseinstellungen:',
}
