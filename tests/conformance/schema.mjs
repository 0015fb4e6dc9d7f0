// A response format that the client parses by itself, as it makes one from zod, without zod.
import { makeParseableResponseFormat } from "openai/lib/parser";

export const zodless = makeParseableResponseFormat(
  {
    type: "json_schema",
    json_schema: {
      name: "weather",
      strict: true,
      schema: { type: "object", properties: { city: { type: "string" }, temperature: { type: "integer" } }, required: ["city", "temperature"], additionalProperties: false },
    },
  },
  (content) => JSON.parse(content),
);
