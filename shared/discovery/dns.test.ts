import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followDns, type Resolver } from './dns.ts';
import { follower } from './follow.fixture.ts';
import { parseLeafSource, type LeafSource } from './source.ts';

type Answers = Readonly<Record<'srv' | 'four' | 'six', readonly string[] | string>>;
const none: Answers = { srv: 'ENOTFOUND', four: 'ENODATA', six: 'ENODATA' };

/** Answers as it is told to: records, or the code of an error. */
function resolver(answers: () => Answers): Resolver {
  const answer = async (kind: keyof Answers): Promise<readonly string[]> => {
    const now = answers()[kind];
    if (typeof now === 'string') throw Object.assign(new Error(`query failed: ${now}`), { code: now });
    return now;
  };
  return {
    resolveSrv: async () =>
      (await answer('srv')).map((text) => ({ name: text.split(':')[0]!, port: Number(text.split(':')[1]) })),
    resolve4: () => answer('four'),
    resolve6: () => answer('six'),
  };
}

// Each row: what is followed, what DNS answers first, second, …; what was told, and how many faults.
const rows: [name: string, source: string, answers: Partial<Answers>[], told: string[], faults: number][] = [
  [
    'srv: targets give names, the order of records is no change',
    'srv:leaf',
    [{ srv: ['leaf-1.leaf.svc.:1', 'leaf-0.leaf.svc:1'] }, { srv: ['leaf-0.leaf.svc:1', 'leaf-1.leaf.svc:1'] }],
    ['leaf-0@leaf-0.leaf.svc:1 leaf-1@leaf-1.leaf.svc:1'],
    0,
  ],
  [
    'srv: leaves come and go, and no records are no leaves',
    'srv:leaf',
    [{ srv: ['leaf-0.leaf:1'] }, { srv: ['leaf-0.leaf:1', 'leaf-1.leaf:1'] }, {}, { srv: ['leaf-1.leaf:1'] }],
    ['leaf-0@leaf-0.leaf:1', 'leaf-0@leaf-0.leaf:1 leaf-1@leaf-1.leaf:1', '', 'leaf-1@leaf-1.leaf:1'],
    0,
  ],
  [
    'srv: a server that fails is a fault, told once, and the last list holds',
    'srv:leaf',
    [
      { srv: ['leaf-0.leaf:1'] },
      { srv: 'ESERVFAIL' },
      { srv: 'ETIMEOUT' },
      { srv: ['leaf-0.leaf:1'] },
      { srv: 'ETIMEOUT' },
    ],
    ['leaf-0@leaf-0.leaf:1'],
    2,
  ],
  ['srv: a target that begins with no name is a fault', 'srv:leaf', [{ srv: ['_x.leaf:1'] }], [], 1],
  [
    'dns: addresses have no names',
    'dns:leaf:7',
    [{ four: ['10.0.0.2', '10.0.0.1'] }],
    ['?@10.0.0.1:7 ?@10.0.0.2:7'],
    0,
  ],
  ['dns: IPv6 where there is no other', 'dns:leaf:7', [{ six: ['fd::1'] }], ['?@[fd::1]:7'], 0],
  ['dns: a leaf with both is one', 'dns:leaf:7', [{ four: ['10.0.0.1'], six: ['fd::1'] }], ['?@10.0.0.1:7'], 0],
];

for (const [name, text, answers, told, faults] of rows) {
  test(`followDns: ${name}`, async () => {
    const source = parseLeafSource(text) as LeafSource & { kind: 'srv' | 'dns' };
    const seen = follower();
    let asked = 0;
    const counted = resolver(() => ({ ...none, ...answers[Math.min(asked, answers.length) - 1] }));
    const counting: Resolver = {
      ...counted,
      resolveSrv: (host) => (asked++, counted.resolveSrv(host)),
      resolve4: (host) => (asked++, counted.resolve4(host)),
    };
    const discovery = followDns(source, counting, seen.events, 1);
    await seen.until(() => asked > answers.length);
    discovery.close();
    assert.deepEqual([seen.told, seen.faults.length], [told, faults]);
  });
}
