// A conversation with Node's `ws`, an independent client:  node conversation.js URL [CA]
// Prints "ok NAME" for each step; the first step that fails ends the program with status 1.

'use strict';
const assert = require('assert');
const fs = require('fs');
const WebSocket = require('ws');

const url = process.argv[2];
const ca = process.argv[3] ? fs.readFileSync(process.argv[3]) : undefined;
const deadline = 15000;

function within(promise, what) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no ${what} in time`)), deadline);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

class Client {
  constructor(socket) {
    this.socket = socket;
    this.next = 1;
    this.answers = new Map();
    this.unheard = [];
    this.listeners = [];
    this.pings = 0;
    this.closed = new Promise((done) => {
      socket.on('close', (code, reason) => done([code, reason.toString()]));
    });
    socket.on('ping', () => this.pings++);
    socket.on('message', (data, isBinary) => {
      assert(!isBinary);
      const frame = JSON.parse(data.toString());
      if (frame._orama === 'reply' && this.answers.has(frame.id)) {
        this.answers.get(frame.id)(frame);
        this.answers.delete(frame.id);
        return;
      }
      this.unheard.push(frame);
      this.listeners.splice(0).forEach((tell) => tell());
    });
  }

  static async open(fields, options) {
    const socket = new WebSocket(url, { ca, ...options });
    await within(new Promise((done, fail) => {
      socket.on('open', done);
      socket.on('error', fail);
    }), 'open socket');
    const client = new Client(socket);
    client.welcome = await client.must('connect', fields);
    return client;
  }

  ask(op, fields) {
    const id = `n-${this.next++}`;
    const answer = new Promise((done) => this.answers.set(id, done));
    this.socket.send(JSON.stringify({ op, id, ...fields }));
    return within(answer, `answer to ${op}`);
  }

  async must(op, fields) {
    const answer = await this.ask(op, fields);
    assert.strictEqual(answer.ok, true, JSON.stringify(answer));
    return answer;
  }

  async hear(kind, wanted = {}) {
    const fits = (f) => f._orama === kind && Object.entries(wanted).every(([k, v]) => f[k] === v);
    for (;;) {
      const at = this.unheard.findIndex(fits);
      if (at >= 0)
        return this.unheard.splice(at, 1)[0];
      await within(new Promise((done) => this.listeners.push(done)), kind);
    }
  }
}

const steps = {
  async W4_put_deliver_ack_reply_await() {
    const ann = await Client.open({ client: 'ann' });
    const bob = await Client.open({ client: 'bob' });
    const { trace } = await ann.must('notify.put', { to: 'bob', pack: { t: 'ü' }, suit: true });
    const delivery = await bob.hear('notify.deliver', { trace });
    assert.deepStrictEqual(delivery.pack, { t: 'ü' });
    const reply = ann.ask('notify.await', { trace, timeout_ms: 10000 });
    await bob.must('notify.ack', { trace });
    await bob.must('notify.reply', { trace, reply: null });
    assert.strictEqual((await reply).reply, null);
    ann.socket.close(1000);
    bob.socket.close(1000);
    assert.strictEqual((await within(ann.closed, 'close'))[0], 1000);
  },

  async E6_set_clear_subscribe() {
    const ann = await Client.open({ client: 'ann' });
    const bob = await Client.open({ client: 'bob' });
    assert.deepStrictEqual((await ann.must('topic.subscribe', { topic: 'room' })).entries, []);
    await bob.must('ephemeral.set', { topic: 'room', key: 'k', payload: 'eWVz' });
    assert.strictEqual((await ann.hear('ephemeral.set')).payload, 'eWVz');
    await bob.must('ephemeral.clear', { topic: 'room', key: 'k' });
    assert.strictEqual((await ann.hear('ephemeral.clear')).reason, 'explicit');
    await bob.must('ephemeral.set', { topic: 'room', key: 'k2' });
    bob.socket.terminate();
    assert.strictEqual((await ann.hear('ephemeral.clear')).reason, 'disconnect');
    ann.socket.close();
  },

  async C4_a_lost_socket_is_resumed() {
    const bob = await Client.open({ client: 'bob', resume_window_ms: 60000 });
    await bob.must('ephemeral.set', { topic: 'desk', key: 'lamp' });
    bob.socket.terminate();
    const again = await Client.open({ client: 'bob', resume: bob.welcome.resume });
    assert.strictEqual(again.welcome.resumed, true);
    const { entries } = await again.must('ephemeral.list', { topic: 'desk' });
    assert.deepStrictEqual(entries.map((e) => e.key), ['lamp']);
    again.socket.close(1000);
  },

  // A browser's `socket.close()` sends a close frame without a code.
  async C4_a_close_without_a_code_is_a_clean_end() {
    const bob = await Client.open({ client: 'bob', resume_window_ms: 60000 });
    const ann = await Client.open({ client: 'ann' });
    await ann.must('topic.subscribe', { topic: 'desk' });
    await bob.must('ephemeral.set', { topic: 'desk', key: 'lamp' });
    bob.socket.close();
    assert.strictEqual((await ann.hear('ephemeral.clear')).reason, 'disconnect');
    ann.socket.close();
  },

  async C2_a_newer_connection_takes_over() {
    const first = await Client.open({ client: 'ann' });
    const second = await Client.open({ client: 'ann' });
    assert.strictEqual((await first.hear('goodbye')).code, 4503);
    assert.deepStrictEqual(await within(first.closed, 'close'), [4503, 'taken_over']);
    second.socket.close();
  },

  async W5_large_and_fragmented_and_binary_messages() {
    const ann = await Client.open({ client: 'ann' });
    const large = 'ö'.repeat(32 * 1024 - 1);
    const text = JSON.stringify({ op: 'notify.put', to: 'ann', pack: large });
    for (let at = 0; at < text.length; at += 1000)
      ann.socket.send(text.slice(at, at + 1000), { fin: at + 1000 >= text.length });
    const delivery = await ann.hear('notify.deliver');
    assert.strictEqual(delivery.pack, large);
    ann.socket.send(Buffer.from(JSON.stringify({ op: 'notify.ack', trace: delivery.trace })),
                    { binary: true });
    await ann.must('ping');
    ann.socket.close();
  },

  async W5_compression_is_offered_and_not_taken() {
    const ann = await Client.open({ client: 'ann' }, { perMessageDeflate: true });
    assert.strictEqual(ann.socket.extensions, '');
    await ann.must('ping');
    ann.socket.close();
  },

  async C3_pings_are_heard_and_answered() {
    const ann = await Client.open({ client: 'ann' });
    assert.strictEqual(ann.welcome.ping_ms, 500);
    const begin = Date.now();
    while (ann.pings < 4)
      await within(new Promise((done) => ann.socket.once('ping', done)), 'ping');
    assert(Date.now() - begin > 1250); // two and a half intervals, and the connection is still there
    await ann.must('ping');
    ann.socket.close();
  },

  // The last step: prints that it is ready, and is stopped from outside.
  async C6_goodbye_4001_when_the_broker_stops() {
    const ann = await Client.open({ client: 'ann' });
    console.log('stop');
    const goodbye = await ann.hear('goodbye');
    assert.deepStrictEqual([goodbye.code, goodbye.reconnect], [4001, true]);
    assert.strictEqual((await within(ann.closed, 'close'))[0], 4001);
  },
};

(async () => {
  for (const [name, step] of Object.entries(steps)) {
    await step();
    console.log(`ok ${name}`);
  }
  process.exit(0);
})().catch((error) => {
  console.log(error.stack);
  process.exit(1);
});
