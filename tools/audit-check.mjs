/*
 * audit-check.mjs - is an exported log what was sealed?  It shares no code with Guanxi.
 *
 *   node audit-check.mjs audit.ndjson [--key HEX …] [--head FILE]
 *
 * --key: a public key (main.audit.pub) that was kept elsewhere; without it the keys of the file are
 * believed, which shows that it agrees with itself.  --head: lines of `guanxi audit head` kept
 * elsewhere, which the file must go through.  docs/AUDIT.md describes the format.
 */
import { createPublicKey, verify } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/* --- BLAKE2b (RFC 7693) with 32 bytes of output; words of 64 bits as pairs of 32 */
const IV = [
  0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a,
  0xade682d1, 0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19,
]
const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4], [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13], [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11], [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5], [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
]
const v = new Uint32Array(32)
const m = new Uint32Array(32)

function add(a, b) {
  const low = v[a] + v[b]
  v[a + 1] += v[b + 1] + (low >= 4294967296 ? 1 : 0)
  v[a] = low
}
function addWord(a, word) {
  const low = v[a] + m[word]
  v[a + 1] += m[word + 1] + (low >= 4294967296 ? 1 : 0)
  v[a] = low
}
/* v[d] = (v[d] ^ v[a]) turned right by `n` bits, for n of 32, 24, 16, 63 */
function turn(d, a, n) {
  const low = v[d] ^ v[a]
  const high = v[d + 1] ^ v[a + 1]
  if (n === 32) {
    v[d] = high
    v[d + 1] = low
  } else if (n === 63) {
    v[d] = (low << 1) | (high >>> 31)
    v[d + 1] = (high << 1) | (low >>> 31)
  } else {
    v[d] = (low >>> n) | (high << (32 - n))
    v[d + 1] = (high >>> n) | (low << (32 - n))
  }
}
function mix(a, b, c, d, x, y) {
  add(2 * a, 2 * b)
  addWord(2 * a, 2 * x)
  turn(2 * d, 2 * a, 32)
  add(2 * c, 2 * d)
  turn(2 * b, 2 * c, 24)
  add(2 * a, 2 * b)
  addWord(2 * a, 2 * y)
  turn(2 * d, 2 * a, 16)
  add(2 * c, 2 * d)
  turn(2 * b, 2 * c, 63)
}

function blake2b(bytes) {
  const h = new Uint32Array(IV)
  h[0] ^= 0x01010000 ^ 32
  const last = Math.max(0, Math.ceil(bytes.length / 128) - 1)
  for (let block = 0; block <= last; block++) {
    const piece = Buffer.alloc(128)
    bytes.copy(piece, 0, block * 128, block * 128 + 128)
    for (let i = 0; i < 32; i++) m[i] = piece.readUInt32LE(4 * i)
    const counted = block === last ? bytes.length : (block + 1) * 128
    v.set(h)
    v.set(IV, 16)
    v[24] ^= counted % 4294967296
    v[25] ^= Math.floor(counted / 4294967296)
    if (block === last) {
      v[28] = ~v[28]
      v[29] = ~v[29]
    }
    for (let round = 0; round < 12; round++) {
      const s = SIGMA[round % 10]
      mix(0, 4, 8, 12, s[0], s[1])
      mix(1, 5, 9, 13, s[2], s[3])
      mix(2, 6, 10, 14, s[4], s[5])
      mix(3, 7, 11, 15, s[6], s[7])
      mix(0, 5, 10, 15, s[8], s[9])
      mix(1, 6, 11, 12, s[10], s[11])
      mix(2, 7, 8, 13, s[12], s[13])
      mix(3, 4, 9, 14, s[14], s[15])
    }
    for (let i = 0; i < 16; i++) h[i] ^= v[i] ^ v[i + 16]
  }
  return Buffer.from(h.buffer, 0, 32)
}

/* --- what is hashed of an entry: each value with a letter for its kind and its length */
const int64 = (n) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(n))
  return bytes
}
const nothing = Buffer.concat([Buffer.from('N'), int64(0)])
const number = (n) => (n === null ? nothing : Buffer.concat([Buffer.from('I'), int64(n)]))
const bytes = (letter, b) => Buffer.concat([Buffer.from(letter), int64(b.length), b])
const text = (t) => (t === null ? nothing : bytes('T', Buffer.from(t, 'utf8')))
const blob = (b) => (b === null ? nothing : bytes('B', b))

function hashOf(e) {
  if (e.hash) return Buffer.from(e.hash, 'hex')
  const before = [number(e.seq), number(e.at), number(e.by_user), text(e.object), number(e.record), number(e.kind), number(e.version), number(e.import_id)]
  if (e.words === undefined && e.salt === null) return blake2b(Buffer.concat([...before, text(e.reason), text(e.data), number(e.about)]))
  const words = e.words === undefined ? blake2b(Buffer.concat([blob(Buffer.from(e.salt, 'base64')), text(e.reason), text(e.data)])) : Buffer.from(e.words, 'hex')
  return blake2b(Buffer.concat([...before, number(e.about), blob(words)]))
}

const signedBy = (key, message, signature) =>
  verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key, 'hex').toString('base64url') }, format: 'jwk' }), signature)

function sealIsSigned(s, before) {
  const digest = blake2b(
    Buffer.concat([
      Buffer.from('guanxi seal 1\0'), ...[s.seal, s.kind, s.first, s.last, s.entries, s.at].map(int64),
      before, Buffer.from(s.head, 'hex'), Buffer.from(s.marks, 'base64'),
    ]),
  )
  return signedBy(s.signer, digest, Buffer.from(s.signature, 'hex'))
}

/* "guanxi-head 1 tenant=… seq=… head=… signer=… signature=…" */
function readHead(line) {
  const start = line.indexOf('guanxi-head 1 ')
  const end = line.indexOf(' signature=')
  if (start < 0 || end < 0) return null
  const of = (name) => new RegExp(` ${name}=([^ "]*)`).exec(line)?.[1] ?? ''
  return { seq: of('seq'), head: of('head'), signer: of('signer'), sound: signedBy(of('signer'), Buffer.from(line.slice(start, end)), Buffer.from(of('signature'), 'hex')) }
}

/* --- the file */
const args = process.argv.slice(2)
const take = (name) => {
  const found = []
  for (let i = args.indexOf(name); i >= 0; i = args.indexOf(name)) found.push(args.splice(i, 2)[1] ?? '')
  return found
}
const given = take('--key')
const anchors = take('--head').flatMap((file) => readFileSync(file, 'utf8').split('\n').map(readHead).filter((h) => h !== null))
if (args.length !== 1) {
  console.error('usage: node audit-check.mjs audit.ndjson [--key HEX ...] [--head FILE]')
  process.exit(2)
}

let wrong = 0
const say = (what) => {
  if (wrong++ < 20) console.error(what)
}
const state = { keys: given, head: Buffer.alloc(0), seal: 0n, seq: 0n, from: 0n, entries: 0, shown: 0, seals: 0, met: 0, end: null }

function meet(seq, head) {
  for (const a of anchors.filter((a) => BigInt(a.seq) === seq)) {
    state.met++
    if (!a.sound) say(`the head of entry ${seq} that was kept elsewhere is not signed`)
    else if (a.head !== head.toString('hex')) say(`entry ${seq}: the log up to here is not the one whose head was kept elsewhere`)
  }
}

function begin(line) {
  if (line.format !== 'guanxi-audit 1') throw new Error('this is no exported log of Guanxi')
  if (state.keys.length === 0) state.keys = line.keys
  state.head = Buffer.from(line.before, 'hex')
  state.seal = BigInt(line.after_seal)
  state.seq = BigInt(line.after)
  state.from = state.seq
  meet(state.seq, state.head)
}

/* Entries wait for their seal, which has a mark of each. */
let waiting = []

function entry(e) {
  if (BigInt(e.seq) <= state.seq) say(`entry ${e.seq}: out of order`)
  state.seq = BigInt(e.seq)
  state.entries++
  if (e.at !== undefined) state.shown++
  waiting.push({ seq: state.seq, hash: hashOf(e) })
}

function marksOf(s) {
  const packed = Buffer.from(s.marks, 'base64')
  const found = []
  let at = 0
  let seq = BigInt(s.first) - 1n
  while (at < packed.length) {
    let step = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = packed[at++] ?? 0
      step |= BigInt(byte & 127) << shift
      if (!(byte & 128)) break
    }
    seq += step
    found.push({ seq, hash: packed.subarray(at, at + 8) })
    at += 16
  }
  return found
}

function seal(s) {
  const stub = s.kind === 1
  if (!stub && BigInt(s.seal) !== state.seal + 1n) say(`seal ${s.seal}: one before it is missing`)
  if (!state.keys.includes(s.signer)) say(`seal ${s.seal}: signed by a key that is not known`)
  if (!sealIsSigned(s, stub ? Buffer.alloc(32) : state.head)) say(`seal ${s.seal}: its signature is wrong`)
  if (s.kind === 2) say(`seal ${s.seal}: entries were put in while the program was stopped`)
  if (!stub) {
    const marks = marksOf(s)
    const bad = marks.findIndex((mark, i) => waiting[i]?.seq !== mark.seq || !waiting[i].hash.subarray(0, 8).equals(mark.hash))
    if (bad >= 0) say(`entry ${marks[bad].seq}: altered or missing`)
    else if (waiting.length > marks.length) say(`entry ${waiting[marks.length].seq}: put in`)
    for (const e of waiting) {
      state.head = blake2b(Buffer.concat([state.head, e.hash]))
      meet(e.seq, state.head)
    }
    if (bad < 0 && state.head.toString('hex') !== s.head) say(`seal ${s.seal}: the head of the chain does not agree`)
  }
  waiting = []
  state.head = Buffer.from(s.head, 'hex')
  if (stub) meet(BigInt(s.last), state.head)
  state.seal = BigInt(s.seal)
  state.seq = BigInt(s.last)
  state.seals++
}

for await (const line of createInterface({ input: createReadStream(args[0]) })) {
  if (line === '') continue
  const value = JSON.parse(line)
  if (state.end) say('there is something behind the end')
  if (value.format) begin(value)
  else if (value.end) state.end = value
  else if (value.seal) seal(value)
  else entry(value)
}
if (!state.end) say('the file is not whole: its last line is missing')
else if (state.end.entries !== state.entries || state.end.seals !== state.seals) say('the file does not have as many entries and seals as its last line says')
if (waiting.length > 0) say(`entry ${waiting[0].seq}: without a seal`)
for (const a of anchors.filter((a) => BigInt(a.seq) > state.seq)) say(`the file ends before entry ${a.seq}, whose head was kept elsewhere`)
console.log(`${state.entries} entries under ${state.seals} seals, ${state.shown} of them in full; ${given.length ? 'signed by a key that was given' : 'keys as the file has them'}; ${state.met} heads met`)
console.log(wrong ? `WRONG: ${wrong} problems` : 'All is well.')
process.exit(wrong ? 1 : 0)
