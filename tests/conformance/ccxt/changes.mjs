// changes.mjs OLD NEW: what two versions of CCXT ask or read differently, by venue, kind and market.
import fs from 'node:fs';
import readline from 'node:readline';

async function readCases (path) {
    const cases = new Map ();
    let header;
    for await (const line of readline.createInterface ({ input: fs.createReadStream (path) })) {
        const item = JSON.parse (line);
        if (item.id === undefined)
            header = item;
        else
            cases.set (item.id, item);
    }
    return { header, cases };
}

function requestText ({ method, url, body }) {
    const { origin, pathname, searchParams } = new URL (url);
    return `${method} ${origin}${pathname} ${[...searchParams].map (pair => pair.join ('=')).sort ().join (' ')} ${body ?? ''}`.trim ();
}

// The text before the first colon of an error is its class; the sentences behind it may be reworded.
const partsOf = item => ({
    requests: item.requests.map (requestText).join ('\n      '),
    rows: item.error === undefined ? JSON.stringify (item.rows) : `error ${item.error.split (':')[0]}`,
});

const [oldPath, newPath] = process.argv.slice (2);
const before = await readCases (oldPath), after = await readCases (newPath);
console.log (`ccxt ${before.header.ccxt} -> ${after.header.ccxt}`);
const listed = (title, from, to) => {
    const missing = from.filter (id => !to.includes (id));
    if (missing.length > 0)
        console.log (`${title}: ${missing.join (' ')}`);
};
listed ('venues with candles that are new', after.header.venues, before.header.venues);
listed ('venues with candles that are gone', before.header.venues, after.header.venues);

const groups = new Map ();
const note = (item, part, was, is) => {
    const key = `${item.venue} ${item.kind} ${item.market ?? ''} ${part}`;
    const group = groups.get (key) ?? { count: 0, id: item.id, was, is };
    group.count += 1;
    groups.set (key, group);
};
for (const [id, item] of after.cases) {
    const old = before.cases.get (id);
    if (!old) {
        note (item, 'case is new', '-', partsOf (item).requests);
        continue;
    }
    const was = partsOf (old), is = partsOf (item);
    for (const part of Object.keys (is))
        if (was[part] !== is[part])
            note (item, part, was[part], is[part]);
}
for (const [id, item] of before.cases)
    if (!after.cases.has (id))
        note (item, 'case is gone', partsOf (item).requests, '-');

const short = text => text.length > 700 ? `${text.slice (0, 700)}...` : text;
for (const [key, { count, id, was, is }] of groups)
    console.log (`${key}: ${count} cases, for one ${id}\n  was ${short (was)}\n  is  ${short (is)}`);
console.log (groups.size === 0 ? `nothing changed in ${after.cases.size} cases` : `${groups.size} groups of ${after.cases.size} cases changed`);
