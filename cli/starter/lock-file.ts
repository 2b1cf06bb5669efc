/** Three tools of `@modelcontextprotocol/server-everything` 2026.8.31, as `mcpgw catalog sync` writes them. */
export const STARTER_LOCK = `{
  "era": "legacy",
  "format": 1,
  "instructions": null,
  "prompts": [],
  "protocolVersion": "2025-11-25",
  "resourceTemplates": [],
  "server": "everything",
  "serverInfo": {
    "name": "mcp-servers/everything",
    "version": "2.0.0"
  },
  "tools": [
    {
      "definition": {
        "annotations": {
          "destructiveHint": false,
          "idempotentHint": true,
          "openWorldHint": false,
          "readOnlyHint": true
        },
        "description": "Echoes back the input string",
        "execution": {
          "taskSupport": "forbidden"
        },
        "inputSchema": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "properties": {
            "message": {
              "description": "Message to echo",
              "type": "string"
            }
          },
          "required": [
            "message"
          ],
          "type": "object"
        },
        "name": "echo",
        "title": "Echo Tool"
      },
      "digest": "fa7069660c36d30723dbdde455481387d167360e0445a7869b930e7dbf2df9ff",
      "name": "echo"
    },
    {
      "definition": {
        "annotations": {
          "destructiveHint": false,
          "idempotentHint": true,
          "openWorldHint": false,
          "readOnlyHint": true
        },
        "description": "Returns all environment variables, helpful for debugging MCP server configuration",
        "execution": {
          "taskSupport": "forbidden"
        },
        "inputSchema": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "properties": {},
          "type": "object"
        },
        "name": "get-env",
        "title": "Print Environment Tool"
      },
      "digest": "fa89ca054ae01c77c0156fa26c1cf624868fca246eb1bf9932e264130531fe33",
      "name": "get-env"
    },
    {
      "definition": {
        "annotations": {
          "destructiveHint": false,
          "idempotentHint": true,
          "openWorldHint": false,
          "readOnlyHint": true
        },
        "description": "Returns the sum of two numbers",
        "execution": {
          "taskSupport": "forbidden"
        },
        "inputSchema": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "properties": {
            "a": {
              "description": "First number",
              "type": "number"
            },
            "b": {
              "description": "Second number",
              "type": "number"
            }
          },
          "required": [
            "a",
            "b"
          ],
          "type": "object"
        },
        "name": "get-sum",
        "title": "Get Sum Tool"
      },
      "digest": "e732865f3a77f02163c35e9148277e5a5df1aed23706fbe3ec6f50c91fe785aa",
      "name": "get-sum"
    }
  ]
}
`;
