import type { UserStore } from 'countersign'
import { userStoreCases } from 'countersign/testing'

declare const Deno: { args: readonly string[]; test(name: string, run: () => Promise<void>): void }

/** Run by `deno test`: the cases against the store that the module in the first argument exports. */
const { store }: { store: UserStore } = await import(String(Deno.args[0]))

// A value in Deno KV has at most 64 KiB, in a form of its own that can be longer than JSON.
for (const { name, run } of userStoreCases(() => store, { largestRecordBytes: 60_000 })) Deno.test(name, run)
