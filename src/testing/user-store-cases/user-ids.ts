import type { UserStore } from '../../index.ts'
import type { ContractCase } from './contract-case.ts'
import { numbered } from './records.ts'
import { create, holds, load, remove, replace, save } from './steps.ts'

const ASKS =
  'a user id is any well-formed text of 1 to 255 characters, and two users are the same only if their ids are, character by character.'

/** User ids that look alike to a database that folds, trims, normalizes, cuts or reads them in its own way. */
export function userIdCases(): readonly ContractCase[] {
  return ALIKE.map(({ what, mistake, idsWith }) => ({
    name: `users whose ids ${what} stay apart`,
    asks: ASKS,
    mistake,
    async run({ store }) {
      await apart(store, idsWith(crypto.randomUUID()))
    },
  }))
}

async function apart(store: UserStore, userIds: readonly string[]): Promise<void> {
  // Some ids cannot be random, so an earlier run may have left a record.
  for (const userId of userIds) {
    const found = await load(store, userId)
    if (found !== null) await save(store, userId, { expected: found.version, record: null })
  }
  for (const [index, userId] of userIds.entries()) await create(store, userId, numbered(index))
  for (const [index, userId] of userIds.entries()) {
    await holds(store, userId, numbered(index), 'after users with like ids were created')
  }
  for (const [index, userId] of userIds.entries()) {
    if (index % 2 === 0) await remove(store, userId)
    else await replace(store, userId, numbered(index + 1000))
  }
  for (const [index, userId] of userIds.entries()) {
    const left = index % 2 === 0 ? null : numbered(index + 1000)
    await holds(store, userId, left, 'after users with like ids were updated and deleted')
  }
}

interface Alike {
  what: string
  mistake: string
  /** @param fresh random text that makes the ids new */
  idsWith: (fresh: string) => readonly string[]
}

const COLLATION =
  'Compare bytes (MySQL: COLLATE utf8mb4_bin; SQL Server: a _BIN2 collation; PostgreSQL: text, not citext).'

const ALIKE: readonly Alike[] = [
  {
    what: 'differ only in case',
    mistake: `A column that ignores case, or ids converted to lower case. ${COLLATION}`,
    idsWith: endings(['a', 'A', 'ss', 'ß', 'SS', 'ẞ', 'i', 'ı', 'I', 'İ', 'σ', 'ς', 'Σ', 'я', 'Я']),
  },
  {
    what: 'differ only in accents or width',
    mistake: `A collation that treats letters as equal. ${COLLATION}`,
    idsWith: endings(['e', 'é', 'è', 'ê', 'ё', 'е', 'ｅ', 'o', 'ø', 'ö', 'か', 'カ', 'ｶ', 'が', 'l', 'ł']),
  },
  {
    what: 'differ only in how characters are composed',
    mistake: 'Ids normalized (NFC, NFD, NFKC) on their way, or a collation that does so. Use them as they are.',
    idsWith: endings([
      '\u00e9',
      'e\u0301',
      '\u00c5',
      'A\u030a',
      '\u212b',
      'K',
      '\u212a',
      'ﬁ',
      'fi',
      '①',
      '1',
      '가',
      '가'.normalize('NFD'),
    ]),
  },
  {
    what: 'differ only in spaces or invisible characters',
    mistake: `Ids trimmed on their way, or a column that ignores trailing spaces (CHAR, or VARCHAR with a PAD SPACE collation). ${COLLATION}`,
    idsWith: (fresh) => [
      ...endings(['', ' ', '  ', '\t', '\n', '\r\n', '\u00a0', '\u200b', '\u00ad', '\u0001', '\u001f', '\u007f'])(
        fresh,
      ),
      ...[` ${fresh}`, `\n${fresh}`, `\u00a0${fresh}`, `\ufeff${fresh}`],
    ],
  },
  {
    what: 'differ only in wildcards',
    mistake: 'LIKE, a regular expression or a pattern of keys where = is meant.',
    idsWith: endings(['a', 'b', 'ab', '_', '%', '*', '?', '.', '.*', '[ab]', '(a|b)', 'a%', '>', '^', '$']),
  },
  {
    what: 'differ only in quotes',
    mistake: 'A query assembled from text. Bind every value.',
    idsWith: endings([
      "'",
      "''",
      '"',
      '""',
      '`',
      '\\',
      '\\\\',
      "\\'",
      '$1',
      ':a',
      '@a',
      '?',
      '{a}',
      "'; DROP TABLE two_factor; --",
    ]),
  },
  {
    what: 'differ only in separators',
    mistake:
      'Ids put into a key, a path or an address without encoding, or decoded once too often. Encode each part (encodeURIComponent), or pass the parts as a list.',
    idsWith: (fresh) => [
      ...endings([
        'a',
        ':a',
        '/a',
        '//a',
        '%3Aa',
        '%2Fa',
        '%252Fa',
        '|a',
        '.a',
        '..a',
        '#a',
        '+a',
        ' a',
        '%20a',
        '&a',
        '\\a',
      ])(fresh),
      ...[
        `../${fresh}a`,
        `./${fresh}a`,
        `/${fresh}a`,
        `${fresh}a/`,
        `${fresh}b/../${fresh}a`,
        `${fresh}a:`,
        `:${fresh}a`,
      ],
    ],
  },
  {
    what: 'are numbers or words of a programming language',
    mistake:
      'Ids turned into numbers or values, or used as keys of a plain object. Keep them as text, in a Map or a text column.',
    idsWith: (fresh) => {
      const digits = String(BigInt(`0x${fresh.replaceAll('-', '')}`))
        .slice(0, 18)
        .padStart(18, '1')
      const short = `7${digits.slice(0, 8)}`
      return [
        ...[
          short,
          `0${short}`,
          `${short}.0`,
          `+${short}`,
          `-${short}`,
          `${short}e0`,
          `${short}n`,
          `${digits}0`,
          `${digits}1`,
        ],
        ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'NULL', 'undefined', 'true', 'NaN'],
      ]
    },
  },
  {
    what: 'differ only in emoji or script',
    mistake: 'A column or connection that is not UTF-8 throughout (MySQL: utf8mb4): unknown characters become "?".',
    idsWith: endings([
      '👩‍💻',
      '👩',
      '💻',
      '👩🏽',
      '😀',
      '😁',
      '漢字',
      '汉字',
      'שלום',
      'жук',
      'жур',
      '?',
      '??',
      '\ufffd',
    ]),
  },
  {
    what: 'have 1 to 255 characters and differ only in the last',
    mistake:
      'A column that cuts ids (at 191 or 254 characters, or by bytes), or is too small for them. Use VARCHAR(255) of characters.',
    idsWith: (fresh) => [
      ...oneCharacter(fresh),
      ...[64, 128, 191, 192, 254, 255].flatMap((length) => [
        filled(fresh, 'x', length, 'a'),
        filled(fresh, 'x', length, 'b'),
      ]),
      ...['é', '漢'].flatMap((letter) => [filled(fresh, letter, 255, 'a'), filled(fresh, letter, 255, 'b')]),
      ...[`${fresh}${'💻'.repeat(109)}`, `${fresh}${'💻'.repeat(109)}!`, `${fresh}${'💻'.repeat(108)}🙂`],
    ],
  },
]

function endings(ends: readonly string[]): (fresh: string) => readonly string[] {
  return (fresh) => ends.map((end) => fresh + end)
}

function filled(fresh: string, letter: string, length: number, end: string): string {
  return `${fresh}${letter.repeat(length - fresh.length - end.length)}${end}`
}

/** Two ids of one character, of some twenty thousand. */
function oneCharacter(fresh: string): readonly string[] {
  const at = Number.parseInt(fresh.slice(0, 4), 16) % 20_000
  return [String.fromCodePoint(0x4e00 + at), String.fromCodePoint(0x4e01 + at)]
}
