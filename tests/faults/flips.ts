/*
 * flips.ts - single bits flip in a closed data file: found in words, or without effect.
 *
 *   node flips.ts PROGRAM COUNT [SEED]
 *
 * Each flip is made in a fresh copy.  `guanxi verify` must find it; where it does not, every value of
 * every table must be what it was, which another program reads (node:sqlite).  A value of a record that
 * changed unseen fails the test; so does any other, unless it stands in KNOWN below.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const program = resolve(process.argv[2] ?? '');
const count = Number(process.argv[3] ?? 1000);
let seed = BigInt(process.argv[4] ?? 7);
const base = mkdtempSync(join(tmpdir(), 'guanxi-flips-'));
const env = { ...process.env, LC_ALL: 'C.UTF-8', LANG: '' };

/* Tables of the program that no seal covers: said to be so in docs/OPERATION.md. */
const KNOWN = /^gx_/;

function random(below: number): number {
  seed = (seed * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number((seed >> 33n) % BigInt(below));
}

function guanxi(dir: string, ...args: string[]): string {
  return execFileSync(program, ['--data', dir, ...args], { env, encoding: 'utf8' });
}

/* A hash of all rows, table by table; search tables only shadow others, and `verify` compares them. */
function tables(file: string): Map<string, string> {
  const db = new DatabaseSync(file, { readOnly: true });
  const found = new Map<string, string>();
  try {
    const names = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").all() as {
      name: string;
      sql: string;
    }[];
    const virtual = names.filter((t) => /^CREATE VIRTUAL/i.test(t.sql)).map((t) => t.name);
    for (const { name } of names) {
      if (virtual.some((v) => name === v || name.startsWith(`${v}_`)) || name === 'sqlite_stat4' || name === 'sqlite_stat1')
        continue;
      const hash = createHash('sha256');
      const statement = db.prepare(`SELECT * FROM "${name}"`);
      statement.setReadBigInts(true);
      for (const row of statement.iterate()) hash.update(JSON.stringify(Object.values(row as object).map((v) =>
        typeof v === 'bigint' ? `${v}n` : v instanceof Uint8Array ? Buffer.from(v).toString('hex') : v)));
      found.set(name, hash.digest('hex'));
    }
  } finally {
    db.close();
  }
  return found;
}

function differing(a: Map<string, string>, b: Map<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((t) => a.get(t) !== b.get(t));
}

const first = join(base, 'first');
guanxi(first, 'init', '--password', 'correct-horse');
const rows = Array.from({ length: 3000 }, (_, i) => ({ name: `茶行 ${i} ${'x'.repeat(i % 60)}`, kind: 'organisation' }));
writeFileSync(join(base, 'rows.ndjson'), rows.map((r) => JSON.stringify(r)).join('\n'));
guanxi(first, 'import', join(base, 'rows.ndjson'), '--object', 'account');
const right = tables(join(first, 'main.db'));
const bytes = readFileSync(join(first, 'main.db'));

const seen = { found: 0, harmless: 0, known: new Map<string, number>(), crashed: 0, wrong: 0 };
for (let i = 0; i < count; i++) {
  const dir = join(base, 'data');
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { mode: 0o700 });
  for (const f of ['main.audit.key', 'main.audit.pub', 'main.audit.head', 'secret.key'])
    if (existsSync(join(first, f))) copyFileSync(join(first, f), join(dir, f));
  const at = random(bytes.length);
  const bit = random(8);
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
  const file = join(dir, 'main.db');
  writeFileSync(file, flipped);
  copyFileSync(file, join(base, 'flipped.db')); /* as it is before the program has it */
  const said = spawnSync(program, ['--data', dir, 'verify'], { env, encoding: 'utf8', timeout: 60000 });
  const words = `${said.stdout}${said.stderr}`.trim();
  if (said.status === null || said.status > 2 || (said.status !== 0 && words === '')) {
    seen.crashed++;
    console.log(`FAIL flips: byte ${at} bit ${bit}: status ${said.status} ${said.signal ?? ''} ${words.slice(0, 300)}`);
  } else if (said.status !== 0) {
    seen.found++;
  } else {
    const wrong = differing(right, tables(join(base, 'flipped.db')));
    const worst = wrong.find((t) => !KNOWN.test(t));
    if (wrong.length === 0) seen.harmless++;
    else if (worst === undefined) for (const t of wrong) seen.known.set(t, (seen.known.get(t) ?? 0) + 1);
    else {
      seen.wrong++;
      console.log(`FAIL flips: byte ${at} bit ${bit}: ${worst} is not what it was, and nobody says so`);
    }
  }
}
rmSync(base, { recursive: true, force: true });
const known = [...seen.known].map(([t, n]) => `${t} ${n}`).join(', ');
console.log(`flips: ${count} bits in ${bytes.length} bytes: ${seen.found} found, ${seen.harmless} without effect, ` +
  `in tables that no seal covers: ${known || 'none'}; ${seen.wrong} wrong unseen, ${seen.crashed} crashed`);
const failed = seen.wrong + seen.crashed;
console.log(`${count - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
