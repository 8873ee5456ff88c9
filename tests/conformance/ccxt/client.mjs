// CCXT's real classes with their network replaced: what would be sent is kept, what is answered comes from the case.
import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const asking = new AsyncLocalStorage ();

/** The time that CCXT sees; it keeps Date.now from the moment it is loaded. */
export const clock = { now: 0 };
const RealDate = globalThis.Date;
globalThis.Date = class extends RealDate {
    constructor (...given) {
        super (...(given.length > 0 ? given : [clock.now]));
    }
    static now () {
        return clock.now;
    }
};

// Some classes sign even what is public; these keys are made up.
const KEYS = { apiKey: 'key', secret: 'c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=', password: 'password', uid: '1',
    login: 'login', walletAddress: `0x${'1'.repeat (40)}`, privateKey: `0x${'1'.repeat (64)}`, accountId: '1' };
const BASE58_SECRET = '4'.repeat (44);

export async function loadCcxt (folder) {
    const version = JSON.parse (fs.readFileSync (path.join (folder, 'package.json'), 'utf8')).version;
    const { default: ccxt } = await import (pathToFileURL (path.join (folder, 'js', 'ccxt.js')));
    return { ccxt, version, folder };
}

/**
 * A class whose every request goes to answer (endpoint, request) and into `sent`. An answer is a value, sent as JSON,
 * or a string, sent as it is.
 */
export class Client {
    sent = [];
    answer = () => ({});

    constructor (ccxt, id, { withKeys = false } = {}) {
        this.exchange = new ccxt[id] ({ ...(withKeys ? KEYS : {}), enableRateLimit: false });
        const { exchange } = this;
        if (withKeys && exchange.id.match (/^(woofipro|modetrade)$/))
            exchange.secret = BASE58_SECRET;
        exchange.options.adjustForTimeDifference = false;
        exchange.nonce = () => clock.now;
        exchange.sleep = async () => {};
        exchange.loadProxyModules = async () => {};
        exchange.fetchIsNative = false;
        exchange.AbortError = DOMException;
        exchange.FetchError = TypeError;
        exchange.fetchImplementation = (url, { method, headers, body }) => this.respond (url, method, headers, body);
        exchange.fetchImplementationLoading = Promise.resolve (exchange.fetchImplementation);
        this.followEndpoints ();
    }

    // Which of the implicit methods asks: a market list's sample stands beside the call of its name.
    followEndpoints () {
        const { exchange } = this;
        for (const name of endpointNames (exchange)) {
            const call = exchange[name];
            exchange[name] = (...given) => asking.run (name, () => call.apply (exchange, given));
        }
    }

    async respond (url, method, headers, body) {
        const request = { method, url: String (url), body: body ?? null };
        this.sent.push (request);
        const answered = this.answer (asking.getStore (), request);
        const text = typeof answered === 'string' ? answered : JSON.stringify (answered);
        return { status: 200, statusText: 'OK', headers: new Map ([['content-type', 'application/json']]), text: async () => text };
    }
}

export function endpointNames (exchange) {
    const names = new Set ();
    const walk = (node, parts) => {
        for (const [key, value] of Object.entries (node ?? {})) {
            if (!value || typeof value !== 'object')
                continue;
            if (!/^(get|post|put|delete|patch|head)$/i.test (key)) {
                walk (value, [...parts, key]);
                continue;
            }
            for (const endpoint of Array.isArray (value) ? value : Object.keys (value)) {
                const words = [...parts, key.toLowerCase (), ...String (endpoint).split (/[^a-zA-Z0-9]/)];
                names.add (words.map ((word, i) => i === 0 ? word : exchange.capitalize (word)).join (''));
            }
        }
    };
    walk (exchange.api, []);
    return [...names].filter (name => typeof exchange[name] === 'function');
}

/** The text of the named methods, with those that it inherits from other venues. */
export function sourceOf (exchange, names) {
    let text = '';
    for (let type = exchange.constructor; type?.prototype?.describe && type.name !== 'Exchange'; type = Object.getPrototypeOf (type))
        for (const name of names)
            if (Object.hasOwn (type.prototype, name))
                text += type.prototype[name].toString ();
    return text;
}

/** A market as CCXT would have made it from the venue's list. */
export function makeMarket (exchange, kind, [symbol, id, more = {}]) {
    const [, base, quote, settle] = /^([^/]+)\/([^:]+)(?::(.+))?$/.exec (symbol);
    const isSpot = settle === undefined;
    return exchange.safeMarketStructure ({
        id, lowercaseId: id.toLowerCase (), symbol, base, quote, settle, baseId: base, quoteId: quote, settleId: settle,
        type: isSpot ? 'spot' : 'swap', spot: isSpot, swap: !isSpot, contract: !isSpot, margin: false, future: false, option: false,
        index: false, active: true, linear: isSpot ? undefined : kind === 'linear', inverse: isSpot ? undefined : kind === 'inverse',
        contractSize: isSpot ? undefined : 1, precision: { amount: 1e-8, price: 1e-8 }, info: {}, ...more,
    });
}
