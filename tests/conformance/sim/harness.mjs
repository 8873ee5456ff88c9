// Starts the simulator and points the real CCXT at it.
import { spawn } from 'node:child_process';
import ccxt from 'ccxt';
import { STEP } from './candles.mjs';

export const { BadSymbol, DDoSProtection, NetworkError, ExchangeError, RateLimitExceeded } = ccxt;

export async function startSimulator (program, args) {
    const child = spawn (program, ['--die-with-parent', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const base = await new Promise ((resolve, reject) => {
        let text = '';
        child.stdout.on ('data', chunk => {
            text += chunk;
            const found = /^listening on (http:\/\/127\.0\.0\.1:\d+) ws:\/\/127\.0\.0\.1:\d+\n/.exec (text);
            if (found)
                resolve (found[1]);
        });
        child.on ('exit', code => reject (new Error (`the simulator ended with ${code}`)));
    });
    const stop = () => new Promise (resolve => {
        child.removeAllListeners ('exit');
        child.on ('exit', resolve);
        child.kill ('SIGTERM');
    });
    return { base, stop };
}

function redirect (urls, base) {
    for (const key of Object.keys (urls)) {
        if (typeof urls[key] === 'string')
            urls[key] = urls[key].replace (/^https?:\/\/[^/]+/, base);
        else if (urls[key] && typeof urls[key] === 'object')
            redirect (urls[key], base);
    }
}

/** A CCXT client whose every address is the simulator's; its clock may be told. */
export function client (id, base, now) {
    const exchange = new ccxt[id] ({ enableRateLimit: false, timeout: 20000, maxRetriesOnFailure: 0 });
    redirect (exchange.urls.api, `${base}/${id}`);
    if (now !== undefined)
        exchange.milliseconds = () => now;
    return exchange;
}

/** The way every CCXT user pages: on from the last row, over a page without rows at most one page on. */
export async function fetchAll (exchange, symbol, timeframe, from, to, limit, fetchPage) {
    const rows = [];
    const step = STEP[timeframe];
    const fetch = fetchPage ?? ((since, size) => exchange.fetchOHLCV (symbol, timeframe, since, size));
    for (let since = from; since < to;) {
        const page = (await fetch (since, limit)).filter (row => row[0] >= since);
        for (const row of page) {
            if (row[0] < to && (rows.length === 0 || row[0] > rows[rows.length - 1][0]))
                rows.push (row);
        }
        since = page.length > 0 ? page[page.length - 1][0] + step : since + limit * step;
    }
    return rows;
}

/** Runs the named checks in turn and ends the process: 0 when all passed. */
export class Report {
    failed = 0;
    passed = 0;

    async check (name, body) {
        const began = Date.now ();
        try {
            const late = new Promise ((_, reject) => setTimeout (reject, 60_000, new Error ('no end after a minute')).unref ());
            const note = await Promise.race ([body (), late]);
            this.passed += 1;
            console.log (`ok    ${name}${note ? `: ${note}` : ''} (${Date.now () - began} ms)`);
        } catch (error) {
            this.failed += 1;
            console.log (`FAIL  ${name}: ${error?.stack ?? error}`);
        }
    }

    end () {
        console.log (`${this.passed} passed, ${this.failed} failed`);
        process.exit (this.failed === 0 && this.passed > 0 ? 0 : 1);
    }
}

export function expect (condition, text) {
    if (!condition)
        throw new Error (text);
}

export async function expectError (type, action) {
    try {
        await action ();
    } catch (error) {
        const types = Array.isArray (type) ? type : [type];
        expect (types.some (t => error instanceof t), `wanted ${types.map (t => t.name)}, got ${error.constructor.name}: ${error.message}`);
        return error;
    }
    throw new Error ('no error was raised');
}
