// Reads files of candles on its own, so that the simulator's reader cannot agree with itself.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const MINUTE = 60_000;
export const STEP = {
    '1m': MINUTE, '5m': 5 * MINUTE, '15m': 15 * MINUTE, '30m': 30 * MINUTE, '1h': 60 * MINUTE, '2h': 120 * MINUTE,
    '4h': 240 * MINUTE, '1d': 1440 * MINUTE,
};

function timeOf (text) {
    if (/^\d+$/.test (text))
        return Number (text);
    const iso = text.replace (' ', 'T').replace ('+00:00', 'Z');
    return Date.parse (iso.endsWith ('Z') ? iso : iso + 'Z');
}

function columnsOf (fields) {
    const names = fields.map (f => f.toLowerCase ());
    const find = (...wanted) => names.findIndex (n => wanted.includes (n));
    return {
        time: find ('open_time', 'open_time_ms', 'timestamp', 'time'), open: find ('open', 'o'), high: find ('high', 'h'),
        low: find ('low', 'l'), close: find ('close', 'c'), volume: find ('volume', 'v'), venue: find ('venue'), coin: find ('coin'),
    };
}

/** Rows [ms, o, h, l, c, v], ascending; of rows with the same time the later one of the file. */
export function readCandles (path, { venue, coin } = {}) {
    const raw = readFileSync (path);
    const lines = (path.endsWith ('.gz') ? gunzipSync (raw) : raw).toString ('utf8').split (/\r?\n/).filter (l => l.length > 0);
    const first = lines[0].split (',');
    const hasHeader = !/^\d/.test (first[0]);
    const at = hasHeader ? columnsOf (first) : { time: 0, open: 3, high: 4, low: 5, close: 6, volume: 7, venue: -1, coin: -1 };
    const byTime = new Map ();
    for (const line of hasHeader ? lines.slice (1) : lines) {
        const f = line.split (',');
        if ((at.venue >= 0 && f[at.venue] !== venue) || (at.coin >= 0 && f[at.coin] !== coin))
            continue;
        const time = timeOf (f[at.time]);
        byTime.set (time, [time, ...[at.open, at.high, at.low, at.close, at.volume].map (i => Number (f[i]))]);
    }
    return [...byTime.values ()].sort ((a, b) => a[0] - b[0]);
}

export function rollUp (rows, step) {
    const out = [];
    for (const [time, open, high, low, close, volume] of rows) {
        const start = time - time % step;
        const last = out[out.length - 1];
        if (last && last[0] === start) {
            last[2] = Math.max (last[2], high);
            last[3] = Math.min (last[3], low);
            last[4] = close;
            last[5] += volume;
        } else {
            out.push ([start, open, high, low, close, volume]);
        }
    }
    return out;
}

/** Null when equal, else a sentence with the first difference. */
export function difference (got, wanted, { volumeTolerance = 0 } = {}) {
    const length = Math.min (got.length, wanted.length);
    for (let i = 0; i < length; i++) {
        for (let k = 0; k < 6; k++) {
            const allowed = k === 5 ? volumeTolerance * Math.abs (wanted[i][5]) : 0;
            if (!(Math.abs (got[i][k] - wanted[i][k]) <= allowed))
                return `row ${i}: got ${JSON.stringify (got[i])}, wanted ${JSON.stringify (wanted[i])}`;
        }
    }
    return got.length === wanted.length ? null : `got ${got.length} rows, wanted ${wanted.length}`;
}
