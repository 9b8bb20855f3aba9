/*
 * turns.ts - changes of one record go one after the other, each on the version that the one before has
 * made: who presses a key twice is not told that somebody else was faster.
 */
const turns = new Map<string, Promise<number>>()

/* `last`: no other change of the record has been asked for meanwhile. */
export async function inTurn<T extends { version: number }>(key: string, version: number, send: (version: number) => Promise<T>): Promise<{ saved: T; last: boolean }> {
  const sent = (turns.get(key) ?? Promise.resolve(0)).then((before) => send(Math.max(before, version)))
  const turn = sent.then((saved) => saved.version, () => 0)
  turns.set(key, turn)
  try {
    const saved = await sent
    return { saved, last: turns.get(key) === turn }
  } finally {
    if (turns.get(key) === turn) turns.delete(key)
  }
}
