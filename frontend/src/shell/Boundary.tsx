/** What cannot be drawn takes only its own place: whatever happens on a page, the strip with Stop stays. */
import { Component, type ReactNode } from "react";
import { Button } from "../ui/Button";

interface BoundaryProps {
  /** What is lost, for the sentence that says so. */
  name: string;
  children: ReactNode;
}

export class Boundary extends Component<BoundaryProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div role="alert" className="m-4 space-y-2 text-text-2">
        <p className="break-words text-down">
          {this.props.name} cannot be shown: {error.message}
        </p>
        <p>The copier is not touched by this. Stop copying works; a reload of the page may help.</p>
        <Button onClick={() => this.setState({ error: null })}>Show it again</Button>
      </div>
    );
  }
}
