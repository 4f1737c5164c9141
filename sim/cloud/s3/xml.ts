// Writes the XML of S3's answers and reads the one document a client sends (S3 API reference, CompleteMultipartUpload).
import { XMLParser, XMLValidator } from "fast-xml-parser";

/** Content of an element: text, child elements in order, or several elements of one name. `undefined` leaves it out. */
export type XmlContent = string | number | boolean | undefined | XmlChildren | XmlChildren[];
export interface XmlChildren {
  [name: string]: XmlContent;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };

/** One whole document. `namespace` is S3's for results; errors have none. */
export function xmlDocument(root: string, children: XmlChildren, namespace?: string): string {
  const attribute = namespace === undefined ? "" : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${elements(children)}</${root}>`;
}

export const S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

function elements(children: XmlChildren): string {
  return Object.entries(children)
    .map(([name, content]) => (Array.isArray(content) ? content.map((one) => element(name, one)).join("") : element(name, content)))
    .join("");
}

function element(name: string, content: Exclude<XmlContent, XmlChildren[]>): string {
  if (content === undefined) return "";
  const inner = typeof content === "object" ? elements(content) : String(content).replace(/[&<>"\r]/g, (c) => ENTITIES[c] ?? c);
  return `<${name}>${inner}</${name}>`;
}

/** One entry of a CompleteMultipartUpload document; checksums by element name, as "ChecksumCRC32". */
export interface CompletedPart {
  partNumber: number;
  etag: string;
  checksums: Record<string, string>;
}

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, removeNSPrefix: true, isArray: (name) => name === "Part" });

/** Reads a CompleteMultipartUpload document; `undefined` if it is not well-formed or does not fit the schema. */
export function readCompletedParts(text: string): CompletedPart[] | undefined {
  if (XMLValidator.validate(text) !== true) return undefined;
  const parts = (parser.parse(text) as { CompleteMultipartUpload?: { Part?: Record<string, string>[] } }).CompleteMultipartUpload?.Part;
  if (!Array.isArray(parts)) return undefined;
  const read = parts.map(({ PartNumber, ETag, ...rest }) => ({
    partNumber: /^\d+$/.test(PartNumber ?? "") ? Number(PartNumber) : NaN,
    etag: ETag ?? "",
    checksums: rest,
  }));
  return read.every((part) => part.partNumber >= 1 && part.etag !== "") ? read : undefined;
}
