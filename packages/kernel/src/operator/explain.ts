/*
 * What the kernel's codes mean. Processes answer with the code and the place alone: sentences would be in every bundle.
 */
const MEANINGS: Readonly<Record<string, string>> = {
  'kernel/bad-code': 'The new code does not compile, fails while it loads, or is no bundle of this kernel format: the old code goes on.',
  'kernel/bad-forward': 'A forward needs orig-id, orig-from, orig-timestamp and orig-slot.',
  'kernel/bad-replay': 'A replayed message is id;from;process;timestamp;slot;tags;data.',
  'kernel/bad-reply': 'An action returns text, nothing, or refuse(…).',
  'kernel/bad-seq': 'The tag Seq counts 1, 2, 3 … per sender.',
  'kernel/digest-mismatch': 'What arrived is not what was sent: the digest that was found is named. Begin again.',
  'kernel/environment': 'The process belongs to the environment named: check where the operation was meant for.',
  'kernel/held-full': 'Too much is waiting for the fence to end: send it again later.',
  'kernel/layout-mismatch': 'The layout that the process has is named: it is another than the one given.',
  'kernel/no-action': 'Sign the message with an Action tag.',
  'kernel/no-restore': 'Restore-Begin comes first.',
  'kernel/no-sender': 'The message carries no signature to believe.',
  'kernel/no-upgrade': 'Upgrade-Begin comes first, and only bundles in Lua can be upgraded in place.',
  'kernel/not-forwarder': 'The owner named no such predecessor when the process was activated.',
  'kernel/not-owner': 'Only who signed the process message may.',
  'kernel/outbox-full': 'A slot sends at most 512 messages.',
  'kernel/protocol': 'The kernel speaks the version named of the operators\' protocol.',
  'kernel/retired': 'The process has ended: send to the successor, named in the data.',
  'kernel/send-outside': 'Only actions and systems send.',
  'kernel/seq-too-old': 'Newer messages of this sender came first: it may have been applied.',
  'kernel/stale-operation': 'Issued lies over 10 minutes from the time of its slot: sign it anew.',
  'kernel/standby': 'The process is not active yet: send it again later.',
  'kernel/work-budget': 'The action did more work than one message may; what it had changed is rolled back.',
};

/** What one of the kernel's codes means and asks for, where the code does not say it all. */
export function explain(code: string): string | undefined {
  return MEANINGS[code];
}
