// Upstream's APIError, from its description and back.
import { APIError } from "@better-auth/core/error";
import { kAPIErrorHeaderSymbol } from "better-call";
import { headersFrom } from "./decode.mjs";
import { headerPairs } from "./encode.mjs";

/** Headers that better-call keeps on an error beside its own, such as cookies set before it was thrown. */
export const errorHeaders = (error) => headerPairs(error[kAPIErrorHeaderSymbol]);

export function apiError({ status, statusCode, body, headers = {}, message, hdrs2 = [] }) {
	const error = new APIError(status ?? statusCode ?? 500, body, headers);
	if (statusCode) error.statusCode = statusCode;
	if (message && !error.message) error.message = message;
	if (hdrs2.length > 0) {
		Object.defineProperty(error, kAPIErrorHeaderSymbol, {
			value: headersFrom(hdrs2),
			enumerable: false,
			configurable: true,
		});
	}
	return error;
}
